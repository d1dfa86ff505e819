-- Mining functions of each regional government at each quarter's end, transferred or not: one row for each of the 13.
-- A region appears once it has delivered its functions: one that never did has not reported, which is not the same as having none.
-- An interval without accreditation, and no interval at all, are both «not accredited»: the function is still the national government's.
WITH regiones AS (
    SELECT DISTINCT r.cod_region FROM funciones_transferidas AS r
),
acreditadas AS (
    SELECT
        f.cod_region,
        f.funcion_id,
        t.fecha,
        min(f.via_acreditacion) AS via
    FROM funciones_transferidas AS f
    INNER JOIN v_trimestres AS t ON t.fecha BETWEEN f.competencia_desde AND coalesce(f.competencia_hasta, DATE '9999-12-31')
    WHERE f.acreditada
    GROUP BY f.cod_region, f.funcion_id, t.fecha
)
SELECT
    r.cod_region,
    m.funcion_id,
    t.fecha,
    a.via IS NOT NULL AS acreditada,
    coalesce(a.via, 'no_acreditada') AS via
FROM regiones AS r
CROSS JOIN ref_funciones AS m
CROSS JOIN v_trimestres AS t
LEFT JOIN acreditadas AS a ON a.cod_region = r.cod_region AND a.funcion_id = m.funcion_id AND a.fecha = t.fecha
WHERE m.es_minera
