-- por region
-- Mining units surveyed in each round of the baseline. Zones (upm) were drawn within strata; both carry the region's code: each
-- region draws its own. Whoever uses no mercury burns no amalgam: an empty answer there is a no.
SELECT
    coalesce(u.ubigeo, u.cod_region) AS territorio,
    left(u.ubigeo, 4) AS provincia,
    CAST(u.ronda AS VARCHAR) AS periodo,
    u.mineral,
    u.tipo_labor,
    u.condicion,
    coalesce(u.quema_abierta, FALSE) AS quema_abierta,
    u.factor_expansion,
    u.cod_region || '-' || u.estrato_muestral AS estrato,
    u.cod_region || '-' || u.upm AS upm
FROM lb_unidades AS u
