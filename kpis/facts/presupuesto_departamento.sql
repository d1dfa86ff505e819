-- Public budget by department of the goal and year. Code 98 is spending abroad: part of the country, of no department.
SELECT
    b.cod_region AS territorio,
    CAST(b.anio AS VARCHAR) AS periodo,
    b.pia_soles,
    b.pim_soles,
    b.devengado_soles,
    b.girado_soles,
    b.anio_parcial,
    b.base_devengado <> 'informado' AS es_derivado
FROM presupuesto_departamento AS b
