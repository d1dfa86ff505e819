-- por region
-- Case files of environmental certification with their clocks (see vistas/relojes.sql): one row for each instrument evaluated. The
-- corrective and the preventive IGAFOM are one case file and count once.
SELECT
    x.territorio,
    x.provincia,
    x.expediente_id,
    c.tipo_iga,
    c.etapa_proyecto,
    x.estrato,
    x.sentido,
    x.fecha_fin,
    x.fecha_vencimiento,
    x.plazo_es_legal,
    x.es_competencia_gr
FROM v_relojes AS x
INNER JOIN certificacion_ambiental AS c ON c.expediente_id = x.expediente_id
