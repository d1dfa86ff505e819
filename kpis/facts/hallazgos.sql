-- por region
-- Supervisions that found something, by the date on which the finding had to be mended. The register says how many were mended up to
-- the cut, not when: what was mended late counts too.
SELECT
    coalesce(s.ubigeo, s.cod_region) AS territorio,
    left(s.ubigeo, 4) AS provincia,
    s.supervision_id,
    s.materia,
    u.estrato,
    s.fecha_limite_correccion,
    s.n_hallazgos,
    s.n_hallazgos_corregidos
FROM supervisiones AS s
LEFT JOIN unidades_fiscalizables AS u ON u.unidad_id = s.unidad_id AND u.cod_region = s.cod_region
WHERE s.n_hallazgos > 0
