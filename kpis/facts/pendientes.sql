-- por region
-- Pending case files at each month's end: one row for each case and month's end at which it had entered and not ended, with its clocks as
-- of that date. An end, an observation or a correction that came later had not happened yet.
--   dh_ciudadano  business days waited since entry, whoever held the case
--   vencido       the deadline, with the applicant's time known by that date, had passed
--   en_arranque   first year of deliveries: cases older than the first one were never delivered, and the stock lacks them
WITH pendientes AS (
    SELECT
        x.territorio, x.provincia, x.expediente_id, x.cod_procedimiento, x.familia, x.estrato, x.fecha_ingreso,
        x.tipo_dia, x.plazo, x.plazo_es_legal, x.habil_ingreso, x.es_competencia_gr,
        c.fecha AS corte,
        c.n_habil AS habil_corte
    FROM v_expedientes AS x
    INNER JOIN v_cortes AS c ON x.fecha_ingreso <= c.fecha AND coalesce(x.fecha_fin, DATE '9999-12-31') > c.fecha
),
suspension AS (
    SELECT
        p.expediente_id,
        p.corte,
        sum(least(coalesce(s.habil_fin, p.habil_corte), p.habil_corte) - s.habil_inicio) AS dias_habiles,
        sum(date_diff('day', s.fecha_inicio, least(coalesce(s.fecha_fin, p.corte), p.corte))) AS dias_calendario
    FROM pendientes AS p
    INNER JOIN v_suspensiones AS s ON s.expediente_id = p.expediente_id AND s.fecha_inicio <= p.corte
    GROUP BY p.expediente_id, p.corte
)
SELECT
    p.territorio,
    p.provincia,
    p.expediente_id,
    p.cod_procedimiento,
    p.familia,
    p.estrato,
    p.fecha_ingreso,
    p.corte,
    p.habil_corte - p.habil_ingreso AS dh_ciudadano,
    CASE
        WHEN p.tipo_dia = 'calendario' THEN p.fecha_ingreso + CAST(p.plazo + coalesce(s.dias_calendario, 0) AS INTEGER)
        ELSE cv.fecha
    END < p.corte AS vencido,
    p.corte < :inicio + INTERVAL 12 MONTH AS en_arranque,
    p.plazo_es_legal,
    p.es_competencia_gr
FROM pendientes AS p
LEFT JOIN suspension AS s ON s.expediente_id = p.expediente_id AND s.corte = p.corte
LEFT JOIN ref_calendario AS cv ON cv.es_habil AND cv.n_habil = p.habil_ingreso + p.plazo + coalesce(s.dias_habiles, 0)
