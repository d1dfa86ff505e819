-- Mining canon and royalty transfers by department and year. The copy at hand has 18 of 25 departments: nothing adds up to a country.
SELECT
    t.cod_region AS territorio,
    CAST(t.anio AS VARCHAR) AS periodo,
    t.concepto,
    t.monto_millones_soles
FROM transferencias_mineras AS t
