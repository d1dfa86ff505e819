-- por region
-- The inventory of mining liabilities at the end of each year, and of the current year at the last month's end delivered.
--   gestionado   it had an approved plan, was being remedied or was past closure, as far as the register knows for that date
--   gestion_posterior  it is managed today by an update after that date: whether it already was is not known, and counts as not
WITH anios AS (
    SELECT
        year(c.fecha) AS anio,
        max(c.fecha) AS corte
    FROM v_cortes AS c
    GROUP BY year(c.fecha)
),
inventario AS (
    SELECT
        p.cod_region, p.ubigeo, p.pam_id, p.tipo, p.riesgo, p.responsable, p.fecha_actualizacion,
        p.estado_gestion IN ('plan_aprobado', 'remediacion', 'post_cierre') AS gestionado,
        CAST(left(p.entrega_periodo, 4) AS INTEGER) AS anio_alta
    FROM pasivos AS p
)
SELECT
    coalesce(i.ubigeo, i.cod_region) AS territorio,
    left(i.ubigeo, 4) AS provincia,
    CAST(a.anio AS VARCHAR) AS periodo,
    i.pam_id,
    i.tipo,
    i.riesgo,
    i.responsable,
    i.gestionado AND i.fecha_actualizacion <= a.corte AS gestionado,
    i.gestionado AND i.fecha_actualizacion > a.corte AS gestion_posterior
FROM inventario AS i
INNER JOIN anios AS a ON i.anio_alta <= a.anio
