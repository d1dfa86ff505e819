-- por region
-- Accidents and the work in which they happened, as rows of the same fact: each accident by its day, and each month's hours, workers
-- and declarants (ESTAMIN) by the first day of the month, all minerals together.
--   con_horas        the month has its hours declared: an accident of a month without them has nothing to be divided by
--   trabajadores_mes workers of the month: a worker-year is twelve of them
WITH trabajo AS (
    SELECT
        e.cod_region,
        e.estrato,
        make_date(e.anio, e.mes, 1) AS fecha,
        CAST(sum(CAST(e.horas_hombre AS DECIMAL(38, 4))) AS DOUBLE) AS horas,
        CAST(sum(e.trabajadores_h + e.trabajadores_m) AS BIGINT) AS trabajadores_mes,
        CAST(sum(e.obligados) AS BIGINT) AS obligados,
        CAST(sum(e.declarantes) AS BIGINT) AS declarantes
    FROM produccion_empleo AS e
    GROUP BY e.cod_region, e.estrato, e.anio, e.mes
),
meses AS (
    SELECT DISTINCT e.cod_region, e.anio, e.mes FROM produccion_empleo AS e
)
SELECT
    a.cod_region AS territorio,
    a.fecha,
    a.estrato,
    a.tipo,
    a.victimas_h + a.victimas_m AS victimas,
    m.mes IS NOT NULL AS con_horas,
    0.0 AS horas,
    0 AS trabajadores_mes,
    0 AS obligados,
    0 AS declarantes
FROM accidentes AS a
LEFT JOIN meses AS m ON m.cod_region = a.cod_region AND m.anio = year(a.fecha) AND m.mes = month(a.fecha)
UNION ALL
SELECT
    t.cod_region AS territorio,
    t.fecha,
    t.estrato,
    NULL AS tipo,
    0 AS victimas,
    TRUE AS con_horas,
    t.horas,
    t.trabajadores_mes,
    t.obligados,
    t.declarantes
FROM trabajo AS t
