-- por region
-- What came in and what went out: one row for the entry of each case file and another for its end, each on its own date.
SELECT
    x.territorio,
    x.provincia,
    x.cod_procedimiento,
    x.familia,
    x.fecha_ingreso AS fecha,
    TRUE AS es_ingreso,
    x.es_competencia_gr
FROM v_expedientes AS x
UNION ALL
SELECT
    x.territorio,
    x.provincia,
    x.cod_procedimiento,
    x.familia,
    x.fecha_fin AS fecha,
    FALSE AS es_ingreso,
    x.es_competencia_gr
FROM v_expedientes AS x
WHERE x.fecha_fin IS NOT NULL
