-- Case files with their clocks, as of the cut-off date :corte.
--   dh_ciudadano       business days from entry to notification (or to the cut), whoever holds the case
--   dh_entidad         the same without the applicant's own time: only the applicant stops the clock
--   fecha_vencimiento  last day of the deadline in force at entry, the applicant's time added
--   plazo_es_legal     whether that deadline was read in a norm; otherwise it is the reference one
--   es_competencia_gr  whether the authority that holds the case is the regional government's own office
WITH hoy AS (
    SELECT max(k.n_habil) AS n_habil FROM ref_calendario AS k WHERE k.fecha <= :corte
),
suspension AS (
    SELECT
        s.expediente_id,
        sum(least(coalesce(s.habil_fin, hoy.n_habil), hoy.n_habil) - s.habil_inicio) AS dias_habiles,
        sum(date_diff('day', s.fecha_inicio, least(coalesce(s.fecha_fin, :corte), :corte))) AS dias_calendario
    FROM v_suspensiones AS s
    CROSS JOIN hoy
    WHERE s.fecha_inicio <= :corte
    GROUP BY s.expediente_id
),
relojes AS (
    SELECT
        x.territorio, x.provincia, x.expediente_id, x.cod_procedimiento, x.familia, x.estrato, x.sexo_solicitante, x.estado, x.sentido,
        x.n_observaciones, x.fecha_ingreso, x.fecha_fin, x.tipo_dia, x.plazo, x.plazo_es_legal, x.habil_ingreso, x.es_competencia_gr,
        least(coalesce(x.habil_fin, hoy.n_habil), hoy.n_habil) AS habil_hasta,
        coalesce(s.dias_habiles, 0) AS habiles_suspendidos,
        coalesce(s.dias_calendario, 0) AS calendario_suspendidos
    FROM v_expedientes AS x
    CROSS JOIN hoy
    LEFT JOIN suspension AS s ON s.expediente_id = x.expediente_id
)
SELECT
    r.territorio,
    r.provincia,
    r.expediente_id,
    r.cod_procedimiento,
    r.familia,
    r.estrato,
    r.sexo_solicitante,
    r.estado,
    r.sentido,
    r.n_observaciones,
    r.fecha_ingreso,
    r.fecha_fin,
    CASE WHEN r.tipo_dia = 'calendario' THEN r.fecha_ingreso + CAST(r.plazo + r.calendario_suspendidos AS INTEGER) ELSE cv.fecha END AS fecha_vencimiento,
    r.habil_hasta - r.habil_ingreso AS dh_ciudadano,
    r.habil_hasta - r.habil_ingreso - r.habiles_suspendidos AS dh_entidad,
    r.fecha_fin IS NULL OR r.fecha_fin > :corte AS abierto,
    r.plazo_es_legal,
    r.es_competencia_gr
FROM relojes AS r
LEFT JOIN ref_calendario AS cv ON cv.es_habil AND cv.n_habil = r.habil_ingreso + r.plazo + r.habiles_suspendidos
