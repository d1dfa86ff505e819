-- Social conflicts of each month, one row for each place and case. A case of several regions has one row in each of them, and one
-- alone for the pilot regions and for the country: their totals count cases, they are not the sum of the regions. The regions of a
-- case give it the same kind, activity and phase, and a phase only while it is active.
WITH lugares AS (
    SELECT r.cod_region, r.cod_region AS territorio FROM ref_region AS r
    UNION ALL
    SELECT r.cod_region, 'PILOTO' AS territorio FROM ref_region AS r WHERE r.es_piloto
    UNION ALL
    SELECT r.cod_region, '00' AS territorio FROM ref_region AS r
)
SELECT
    l.territorio,
    c.periodo,
    c.caso_id,
    bool_or(c.estado = 'activo') AS activo,
    bool_or(c.actividad IN ('mineria_formal', 'mineria_informal_mpe')) AS es_minero,
    max(c.tipo) AS tipo,
    max(c.actividad) AS actividad,
    max(c.fase) AS fase
FROM conflictos AS c
INNER JOIN lugares AS l ON l.cod_region = c.cod_region
GROUP BY l.territorio, c.periodo, c.caso_id
