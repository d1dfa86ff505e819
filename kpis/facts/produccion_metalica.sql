-- Metal production by department and month, all strata together: from 2012 to 2017 the source labels most small producers
-- as general regime, so strata do not compare across those years and totals do.
SELECT
    p.cod_region AS territorio,
    make_date(p.anio, p.mes, 1) AS fecha,
    p.mineral,
    p.unidad,
    CAST(sum(CAST(p.produccion AS DECIMAL(38, 6))) AS DOUBLE) AS produccion,
    sum(p.unidades_declarantes) AS unidades_declarantes,
    sum(p.unidades_productoras) AS unidades_productoras
FROM produccion_metalica AS p
GROUP BY p.cod_region, p.anio, p.mes, p.mineral, p.unidad
