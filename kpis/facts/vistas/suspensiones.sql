-- The time in the applicant's hands, the only one that stops the clock: of each case file, stretches that do not overlap. Steps that share
-- days, or follow on the same day, are one stretch: each day stops the clock once. Each with its business-day numbers; the end is null
-- while a step of the stretch lasts.
WITH pasos AS (
    SELECT
        e.expediente_id,
        e.secuencia,
        e.fecha_inicio,
        coalesce(e.fecha_fin, DATE '9999-12-31') AS hasta,
        max(coalesce(e.fecha_fin, DATE '9999-12-31')) OVER (
            PARTITION BY e.expediente_id ORDER BY e.fecha_inicio, e.secuencia ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING
        ) AS hasta_antes
    FROM tramite_etapas AS e
    WHERE e.responsable = 'administrado'
),
numerados AS (
    SELECT
        p.expediente_id,
        p.fecha_inicio,
        p.hasta,
        sum(CASE WHEN p.fecha_inicio <= p.hasta_antes THEN 0 ELSE 1 END) OVER (
            PARTITION BY p.expediente_id ORDER BY p.fecha_inicio, p.secuencia ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW
        ) AS tramo
    FROM pasos AS p
),
tramos AS (
    SELECT
        n.expediente_id,
        min(n.fecha_inicio) AS fecha_inicio,
        nullif(max(n.hasta), DATE '9999-12-31') AS fecha_fin
    FROM numerados AS n
    GROUP BY n.expediente_id, n.tramo
)
SELECT
    t.expediente_id,
    t.fecha_inicio,
    t.fecha_fin,
    ci.n_habil AS habil_inicio,
    cf.n_habil AS habil_fin
FROM tramos AS t
INNER JOIN ref_calendario AS ci ON ci.fecha = t.fecha_inicio
LEFT JOIN ref_calendario AS cf ON cf.fecha = t.fecha_fin
