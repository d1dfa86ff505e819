-- The dates, both included, in which formalisation (function F07) was the regional government's: its accredited intervals, and
-- where a region's functions were never delivered, the time before the first registration that its own register puts under MINEM.
SELECT
    f.cod_region,
    f.competencia_desde AS desde,
    coalesce(f.competencia_hasta, DATE '9999-12-31') AS hasta
FROM funciones_transferidas AS f
WHERE f.funcion_id = 'F07' AND f.acreditada
UNION ALL
SELECT
    i.cod_region,
    DATE '1900-01-01' AS desde,
    coalesce(min(CASE WHEN i.entidad_competente = 'MINEM' THEN i.fecha_estado END) - 1, DATE '9999-12-31') AS hasta
FROM formalizacion AS i
WHERE NOT EXISTS (SELECT 1 FROM funciones_transferidas AS f WHERE f.funcion_id = 'F07' AND f.cod_region = i.cod_region)
GROUP BY i.cod_region
