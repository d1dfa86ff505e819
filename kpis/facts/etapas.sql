-- por region
-- Steps of the case files, as of the cut-off date :corte.
--   a_cargo            who had the case: the office (entidad), the applicant (administrado), or the other entity by its name
--   dh_etapa           business days that the step lasted; if it is open, those it has lasted so far
--   reciente           began in the six months before the cut-off: an open one of these still grows much
--   primera_del_caso   true once for each case and quarter, so that cases are counted and not their steps
WITH hoy AS (
    SELECT max(k.n_habil) AS n_habil FROM ref_calendario AS k WHERE k.fecha <= :corte
)
SELECT
    x.territorio,
    x.provincia,
    x.expediente_id,
    x.cod_procedimiento,
    x.familia,
    x.estrato,
    e.etapa,
    e.responsable,
    coalesce(e.entidad_opinante, e.responsable) AS a_cargo,
    e.fecha_inicio,
    e.fecha_fin,
    least(coalesce(cf.n_habil, hoy.n_habil), hoy.n_habil) - ci.n_habil AS dh_etapa,
    e.fecha_fin IS NULL OR e.fecha_fin > :corte AS abierta,
    e.fecha_inicio > :corte - INTERVAL 6 MONTH AS reciente,
    row_number() OVER (PARTITION BY e.expediente_id, date_trunc('quarter', e.fecha_inicio) ORDER BY e.secuencia) = 1 AS primera_del_caso,
    x.es_competencia_gr
FROM tramite_etapas AS e
INNER JOIN v_expedientes AS x ON x.expediente_id = e.expediente_id
INNER JOIN ref_calendario AS ci ON ci.fecha = e.fecha_inicio
LEFT JOIN ref_calendario AS cf ON cf.fecha = e.fecha_fin
CROSS JOIN hoy
WHERE e.fecha_inicio <= :corte
