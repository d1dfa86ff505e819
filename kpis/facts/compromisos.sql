-- por region
-- Commitments signed in dialogue, by the due date that the minutes set: a later one never takes its place.
SELECT
    c.cod_region AS territorio,
    c.responsable,
    c.estado,
    c.fecha_limite_original,
    c.n_reprogramaciones,
    coalesce(c.estado = 'cumplido' AND c.fecha_cumplimiento <= c.fecha_limite_original, FALSE) AS cumplido_en_plazo
FROM compromisos AS c
