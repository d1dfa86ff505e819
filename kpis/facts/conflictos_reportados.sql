-- Social conflicts as printed. One row for each place, month and measure; where two publications give different figures
-- (August 2025: 98 and 108 socio-environmental) it says so, and neither is taken for the true one.
SELECT
    c.cod_region AS territorio,
    c.periodo,
    c.medida,
    max(c.casos) AS casos,
    min(c.casos) <> max(c.casos) AS fuentes_discrepan
FROM conflictos_reportados AS c
GROUP BY c.cod_region, c.periodo, c.medida
