-- por region
-- Sanction procedures by the day on which their nine months end: all that were opened count then, ended or not.
--   concluido_en_plazo  a sanction or a dismissal within the nine months; one that lapsed was not concluded
SELECT
    p.cod_region AS territorio,
    p.gravedad,
    p.estado,
    p.fecha_imputacion,
    CAST(p.fecha_imputacion + INTERVAL 9 MONTH AS DATE) AS fecha_caducidad,
    coalesce(p.estado IN ('sancion', 'archivo') AND p.fecha_resolucion <= p.fecha_imputacion + INTERVAL 9 MONTH, FALSE) AS concluido_en_plazo
FROM pas AS p
