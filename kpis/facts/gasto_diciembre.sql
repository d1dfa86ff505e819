-- por region
-- What each budget line spent in December of a closed year (see vistas/gasto_lineas.sql).
SELECT
    g.cod_region AS territorio,
    CAST(g.anio AS VARCHAR) AS periodo,
    g.programa,
    g.rubro,
    g.es_gestion_minera,
    g.ultimo,
    g.a_diciembre,
    g.en_diciembre,
    g.comparable
FROM v_gasto_lineas AS g
