-- por region
-- Units under oversight at the end of each semester delivered, and whether they had an environmental supervision in the 12 months
-- before. Only semesters whose 12 months were delivered whole.
--   alta            a unit counts from the end of the period in which it was registered: the register does not give the day
--   activa, nivel_riesgo   as they stand at the cut: the register keeps neither the earlier ones nor the date of the change
WITH semestres AS (
    SELECT c.fecha AS corte FROM v_cortes AS c WHERE month(c.fecha) IN (6, 12) AND c.fecha - INTERVAL 12 MONTH >= :inicio - INTERVAL 1 DAY
),
supervisadas AS (
    SELECT DISTINCT
        t.corte,
        s.cod_region,
        s.unidad_id
    FROM supervisiones AS s
    INNER JOIN semestres AS t ON s.fecha <= t.corte AND s.fecha > t.corte - INTERVAL 12 MONTH
    WHERE s.materia = 'ambiental'
),
unidades AS (
    SELECT
        u.cod_region, u.ubigeo, u.unidad_id, u.estrato, u.nivel_riesgo, u.activa,
        CASE
            WHEN length(u.entrega_periodo) = 4 THEN make_date(CAST(u.entrega_periodo AS INTEGER), 12, 31)
            ELSE last_day(make_date(CAST(left(u.entrega_periodo, 4) AS INTEGER), 3 * CAST(right(u.entrega_periodo, 1) AS INTEGER), 1))
        END AS alta
    FROM unidades_fiscalizables AS u
)
SELECT
    coalesce(u.ubigeo, u.cod_region) AS territorio,
    left(u.ubigeo, 4) AS provincia,
    t.corte,
    u.unidad_id,
    u.estrato,
    u.nivel_riesgo,
    u.activa,
    s.unidad_id IS NOT NULL AS supervisada
FROM unidades AS u
INNER JOIN semestres AS t ON u.alta <= t.corte
LEFT JOIN supervisadas AS s ON s.unidad_id = u.unidad_id AND s.cod_region = u.cod_region AND s.corte = t.corte
