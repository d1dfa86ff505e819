-- por region
-- People of the units surveyed in each round of the baseline. They were not drawn one by one: zones (upm) were drawn within strata,
-- so the zone of a person is that of the unit. Zones and strata carry the region's code: each region draws its own.
SELECT
    p.cod_region AS territorio,
    CAST(p.ronda AS VARCHAR) AS periodo,
    p.sexo,
    p.edad,
    p.ocupacion,
    u.condicion,
    CASE WHEN p.es_titular_o_socio THEN 'si' WHEN NOT p.es_titular_o_socio THEN 'no' END AS titular_o_socio,
    CASE
        WHEN p.ingreso_mensual < 500 THEN 'desde_0'
        WHEN p.ingreso_mensual < 1000 THEN 'desde_500'
        WHEN p.ingreso_mensual < 2000 THEN 'desde_1000'
        WHEN p.ingreso_mensual >= 2000 THEN 'desde_2000'
    END AS ingreso,
    CASE WHEN p.edad BETWEEN 5 AND 13 THEN '05_13' WHEN p.edad BETWEEN 14 AND 17 THEN '14_17' END AS grupo_edad,
    CASE WHEN p.asiste_escuela THEN 'si' WHEN NOT p.asiste_escuela THEN 'no' END AS asiste_escuela,
    p.ocupacion IN ('extraccion', 'pallaqueo', 'procesamiento', 'transporte') AS en_labor_minera,
    p.factor_expansion,
    p.cod_region || '-' || u.estrato_muestral AS estrato,
    p.cod_region || '-' || u.upm AS upm
FROM lb_personas AS p
INNER JOIN lb_unidades AS u ON u.unidad_lb_id = p.unidad_lb_id AND u.ronda = p.ronda AND u.cod_region = p.cod_region
