-- Acts that prove that a regional government exercises a function: one row each, with the date of the document that proves it.
--   case files      the decision, of cases that the region's own office holds: those of DGFM, DGM and INGEMMET are MINEM's acts
--   oversight       the report, not the visit: a visit without a report leaves no trace
--   sanctions       the notice of charges
--   events          those that the regional office organises: a company's workshop, or MINEM's, is no act of the region
SELECT
    t.cod_region,
    p.funcion_id,
    t.fecha_resolucion AS fecha
FROM tramites AS t
INNER JOIN ref_procedimientos AS p
    ON p.cod_procedimiento = t.cod_procedimiento
    AND t.fecha_ingreso BETWEEN p.vigente_desde AND coalesce(p.vigente_hasta, DATE '9999-12-31')
WHERE t.fecha_resolucion IS NOT NULL AND t.autoridad NOT IN ('DGFM', 'DGM', 'INGEMMET')
UNION ALL
SELECT
    s.cod_region,
    CASE s.materia WHEN 'ambiental' THEN 'F10' WHEN 'seguridad' THEN 'F11' ELSE 'F07' END AS funcion_id,
    s.fecha_informe AS fecha
FROM supervisiones AS s
WHERE s.fecha_informe IS NOT NULL
UNION ALL
SELECT
    n.cod_region,
    'F12' AS funcion_id,
    n.fecha_imputacion AS fecha
FROM pas AS n
UNION ALL
SELECT
    e.cod_region,
    e.funcion_id,
    e.fecha
FROM eventos AS e
WHERE e.funcion_id IS NOT NULL AND e.organizador = 'DREM'
