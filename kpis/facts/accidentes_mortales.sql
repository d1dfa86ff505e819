-- Deaths in formal mining by department and year. Code 99 has no department assigned: part of the country, of no department.
SELECT
    a.cod_region AS territorio,
    CAST(a.anio AS VARCHAR) AS periodo,
    a.anio,
    a.muertes
FROM accidentes_mortales AS a
