-- por region
-- Activities of the plan at each quarter's end; progress is cumulative within the year. No activity counts for more than its goal.
--   actividades  how many the region reported in that quarter
WITH informadas AS (
    SELECT
        i.cod_region,
        i.anio,
        i.trimestre,
        count(*) AS actividades
    FROM plan_actividades AS i
    GROUP BY i.cod_region, i.anio, i.trimestre
)
SELECT
    p.cod_region AS territorio,
    concat(CAST(p.anio AS VARCHAR), '-T', CAST(p.trimestre AS VARCHAR)) AS periodo,
    p.actividad_id AS actividad,
    p.fase,
    p.ponderador,
    p.ponderador * least(p.avance_fisico / p.meta_fisica, 1) AS avance_ponderado,
    i.actividades
FROM plan_actividades AS p
INNER JOIN informadas AS i ON i.cod_region = p.cod_region AND i.anio = p.anio AND i.trimestre = p.trimestre
