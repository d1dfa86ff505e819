-- por region
-- Critical conditions as scored in each quarter: exposure is probability (1 to 5) times impact (1 to 5).
--   condiciones  how many of the five the region scored in that quarter
WITH puntuadas AS (
    SELECT
        i.cod_region,
        i.anio,
        i.trimestre,
        count(*) AS condiciones
    FROM condiciones_criticas AS i
    GROUP BY i.cod_region, i.anio, i.trimestre
)
SELECT
    c.cod_region AS territorio,
    concat(CAST(c.anio AS VARCHAR), '-T', CAST(c.trimestre AS VARCHAR)) AS periodo,
    c.condicion_id AS condicion,
    c.probabilidad * c.impacto AS exposicion,
    i.condiciones
FROM condiciones_criticas AS c
INNER JOIN puntuadas AS i ON i.cod_region = c.cod_region AND i.anio = c.anio AND i.trimestre = c.trimestre
