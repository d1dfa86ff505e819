-- por region
-- Early warnings by day of issue, as known at the cut-off date.
--   dias_accion       calendar days to the first action; one that nobody answered counts to the cut, closed or not
--   reciente_abierta  still followed less than six months after its issue: how it ends is not known yet
SELECT
    coalesce(a.ubigeo, a.cod_region) AS territorio,
    a.fecha_emision,
    a.nivel,
    a.emisor,
    a.resultado,
    coalesce(a.fecha_primera_accion <= :corte, FALSE) AS con_accion,
    date_diff('day', a.fecha_emision, least(coalesce(a.fecha_primera_accion, :corte), :corte)) AS dias_accion,
    a.resultado <> 'en_seguimiento' AS terminada,
    a.resultado IN ('escalo_conflicto', 'escalo_crisis') AS escalo,
    a.resultado = 'en_seguimiento' AND a.fecha_emision > :corte - INTERVAL 6 MONTH AS reciente_abierta
FROM alertas AS a
