-- por region
-- Mining functions at each quarter's end and the acts of the twelve months up to it (see vistas/actos_funcion.sql).
--   es_competencia_gr  the function is accredited to the regional government on that date; otherwise it is the national government's
--   meses_cortos       deliveries do not reach twelve months back from that date yet
WITH actos AS (
    SELECT
        a.cod_region,
        a.funcion_id,
        last_day(a.fecha) AS mes,
        count(*) AS actos
    FROM v_actos_funcion AS a
    GROUP BY a.cod_region, a.funcion_id, last_day(a.fecha)
),
doce_meses AS (
    SELECT
        k.cod_region,
        k.funcion_id,
        k.fecha,
        sum(a.actos) AS actos
    FROM v_competencias AS k
    INNER JOIN actos AS a
        ON a.cod_region = k.cod_region AND a.funcion_id = k.funcion_id
        AND a.mes > k.fecha - INTERVAL 12 MONTH AND a.mes <= k.fecha
    GROUP BY k.cod_region, k.funcion_id, k.fecha
)
SELECT
    k.cod_region AS territorio,
    k.fecha AS corte,
    k.funcion_id AS funcion,
    k.acreditada AS es_competencia_gr,
    CAST(coalesce(d.actos, 0) AS BIGINT) AS actos,
    d.actos IS NOT NULL AS ejercida,
    date_diff('month', :inicio, k.fecha) < 11 AS meses_cortos
FROM v_competencias AS k
LEFT JOIN doce_meses AS d ON d.cod_region = k.cod_region AND d.funcion_id = k.funcion_id AND d.fecha = k.fecha
