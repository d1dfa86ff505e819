-- Informal-mining cases by status of the area. The printed total is evidence, not a category: it would count every case twice.
-- The printed percentages are left out too: a percentage is recomputed from cases, never copied.
SELECT
    s.cod_region AS territorio,
    CAST(s.anio_dac AS VARCHAR) AS periodo,
    s.situacion,
    s.casos
FROM situacion_areas AS s
WHERE s.situacion <> 'TOTAL'
