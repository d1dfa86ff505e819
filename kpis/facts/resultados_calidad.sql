-- What each rule said of each regional delivery. Weights: blocking 4, error 3, warning 1, a note 0 (KPI_CATALOGUE, group DAT).
--   dias_correccion  calendar days from reception to the version that meets the rule; an open one (sin_corregir) counts to the cut-off date
SELECT
    r.cod_region AS territorio,
    r.dataset,
    r.regla_id,
    r.dimension,
    r.severidad,
    CAST(CASE r.severidad WHEN 'bloqueante' THEN 4 WHEN 'error' THEN 3 WHEN 'advertencia' THEN 1 ELSE 0 END AS BIGINT) AS peso,
    r.filas_evaluadas,
    r.filas_fallidas,
    r.filas_fallidas > 0 AND r.severidad IN ('bloqueante', 'error') AS por_corregir,
    r.fecha_evaluacion,
    date_diff('day', r.fecha_evaluacion, coalesce(r.fecha_correccion, :corte)) AS dias_correccion,
    r.fecha_correccion IS NULL AS sin_corregir,
    r.sintetico
FROM resultados_calidad AS r
