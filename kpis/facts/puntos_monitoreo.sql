-- por region
-- Monitoring points at the end of each semester delivered, with the days on which they were sampled in the 12 months before.
--   alta         a point counts from the end of the period in which it was registered: the register does not give the day
--   un_anio      registered 12 months before or more: a point that is newer cannot have had its year yet
--   activo       as it stands at the cut: the register does not keep the date on which a point was given up
WITH semestres AS (
    SELECT c.fecha AS corte FROM v_cortes AS c WHERE month(c.fecha) IN (6, 12)
),
dias AS (
    SELECT DISTINCT m.cod_region, m.punto_id, m.fecha_muestreo FROM muestras AS m
),
muestreos AS (
    SELECT
        t.corte,
        d.cod_region,
        d.punto_id,
        count(*) AS muestreos
    FROM dias AS d
    INNER JOIN semestres AS t ON d.fecha_muestreo <= t.corte AND d.fecha_muestreo > t.corte - INTERVAL 12 MONTH
    GROUP BY t.corte, d.cod_region, d.punto_id
),
puntos AS (
    SELECT
        p.cod_region, p.ubigeo, p.punto_id, p.matriz, p.frecuencia_anual, p.activo,
        CASE
            WHEN length(p.entrega_periodo) = 4 THEN make_date(CAST(p.entrega_periodo AS INTEGER), 12, 31)
            ELSE last_day(make_date(CAST(left(p.entrega_periodo, 4) AS INTEGER), 3 * CAST(right(p.entrega_periodo, 1) AS INTEGER), 1))
        END AS alta
    FROM puntos_monitoreo AS p
)
SELECT
    coalesce(p.ubigeo, p.cod_region) AS territorio,
    left(p.ubigeo, 4) AS provincia,
    t.corte,
    p.punto_id,
    p.matriz,
    p.activo,
    p.alta <= t.corte - INTERVAL 12 MONTH AS un_anio,
    p.frecuencia_anual,
    coalesce(n.muestreos, 0) AS muestreos
FROM puntos AS p
INNER JOIN semestres AS t ON p.alta <= t.corte
LEFT JOIN muestreos AS n ON n.punto_id = p.punto_id AND n.cod_region = p.cod_region AND n.corte = t.corte
