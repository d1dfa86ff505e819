-- por region
-- Case files with their clocks, as of the cut-off date :corte (see vistas/relojes.sql).
--   reciente  entered in the six months before the cut-off: what has happened to it so far still changes
SELECT
    x.territorio,
    x.provincia,
    x.expediente_id,
    x.cod_procedimiento,
    x.familia,
    x.estrato,
    x.sexo_solicitante,
    x.estado,
    x.sentido,
    x.n_observaciones,
    x.fecha_ingreso,
    x.fecha_fin,
    x.fecha_vencimiento,
    x.dh_ciudadano,
    x.dh_entidad,
    x.abierto,
    x.fecha_ingreso > :corte - INTERVAL 6 MONTH AS reciente,
    x.plazo_es_legal,
    x.es_competencia_gr
FROM v_relojes AS x
