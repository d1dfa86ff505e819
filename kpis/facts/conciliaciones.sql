-- Comparisons between sources that could be made, by the last day of the period compared, and the totals rules of each delivery.
SELECT
    c.cod_region AS territorio,
    c.regla_id,
    c.fecha_periodo AS fecha,
    c.estado = 'cumple' AS cumple,
    c.sintetico
FROM conciliaciones AS c
WHERE c.estado <> 'no_evaluable'
UNION ALL
SELECT
    r.cod_region AS territorio,
    r.regla_id,
    r.fecha_evaluacion AS fecha,
    r.filas_fallidas = 0 AS cumple,
    r.sintetico
FROM resultados_calidad AS r
WHERE r.dimension IN ('conciliacion', 'totales')
