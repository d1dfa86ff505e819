-- por region
-- The regional government's budget at each month's end. Figures are cumulative from January: months are never added up.
--   es_gestion_minera  function «mining» of the budget classifier, or programme 0126 (formalisation)
SELECT
    p.cod_region AS territorio,
    last_day(make_date(p.anio, p.mes, 1)) AS fecha,
    p.programa,
    p.rubro,
    p.generica,
    CASE WHEN p.es_mineria THEN 'mineria' ELSE 'otras' END AS funcion,
    p.es_mineria OR p.programa = '0126' AS es_gestion_minera,
    p.pim,
    p.devengado
FROM presupuesto AS p
