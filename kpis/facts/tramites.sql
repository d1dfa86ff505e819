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
        e.expediente_id,
        sum(least(coalesce(cf.n_habil, hoy.n_habil), hoy.n_habil) - ci.n_habil) AS dias_habiles,
        sum(date_diff('day', e.fecha_inicio, least(coalesce(e.fecha_fin, :corte), :corte))) AS dias_calendario
    FROM tramite_etapas AS e
    INNER JOIN ref_calendario AS ci ON ci.fecha = e.fecha_inicio
    LEFT JOIN ref_calendario AS cf ON cf.fecha = e.fecha_fin
    CROSS JOIN hoy
    WHERE e.responsable = 'administrado' AND e.fecha_inicio <= :corte
    GROUP BY e.expediente_id
),
expedientes AS (
    SELECT
        t.cod_region, t.ubigeo, t.expediente_id, t.cod_procedimiento, t.autoridad, t.estrato, t.sexo_solicitante, t.estado, t.sentido, t.fecha_ingreso,
        p.familia,
        p.tipo_dia,
        coalesce(p.plazo_dias, p.plazo_referencia_dias) AS plazo,
        p.plazo_dias IS NOT NULL AS plazo_es_legal,
        coalesce(t.fecha_notificacion, t.fecha_resolucion) AS fecha_fin,
        coalesce(s.dias_habiles, 0) AS habiles_suspendidos,
        coalesce(s.dias_calendario, 0) AS calendario_suspendidos,
        ci.n_habil AS habil_ingreso
    FROM tramites AS t
    INNER JOIN ref_procedimientos AS p
        ON p.cod_procedimiento = t.cod_procedimiento
        AND t.fecha_ingreso BETWEEN p.vigente_desde AND coalesce(p.vigente_hasta, DATE '9999-12-31')
    INNER JOIN ref_calendario AS ci ON ci.fecha = t.fecha_ingreso
    LEFT JOIN suspension AS s ON s.expediente_id = t.expediente_id
)
SELECT
    coalesce(x.ubigeo, x.cod_region) AS territorio,
    x.expediente_id,
    x.cod_procedimiento,
    x.familia,
    x.estrato,
    x.sexo_solicitante,
    x.estado,
    x.sentido,
    x.fecha_ingreso,
    x.fecha_fin,
    CASE WHEN x.tipo_dia = 'calendario' THEN x.fecha_ingreso + CAST(x.plazo + x.calendario_suspendidos AS INTEGER) ELSE cv.fecha END AS fecha_vencimiento,
    least(coalesce(cf.n_habil, hoy.n_habil), hoy.n_habil) - x.habil_ingreso AS dh_ciudadano,
    least(coalesce(cf.n_habil, hoy.n_habil), hoy.n_habil) - x.habil_ingreso - x.habiles_suspendidos AS dh_entidad,
    x.fecha_fin IS NULL OR x.fecha_fin > :corte AS abierto,
    x.plazo_es_legal,
    x.autoridad NOT IN ('DGFM', 'DGM', 'INGEMMET') AS es_competencia_gr
FROM expedientes AS x
CROSS JOIN hoy
LEFT JOIN ref_calendario AS cf ON cf.fecha = x.fecha_fin
LEFT JOIN ref_calendario AS cv ON cv.es_habil AND cv.n_habil = x.habil_ingreso + x.plazo + x.habiles_suspendidos
