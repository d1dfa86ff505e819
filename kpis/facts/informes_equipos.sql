-- por region
-- Reports that Regional Teams owe, by due date, delivered or not.
SELECT
    i.cod_region AS territorio,
    i.destinatario,
    i.uso,
    i.fecha_limite,
    coalesce(i.fecha_entrega <= i.fecha_limite, FALSE) AS a_tiempo
FROM informes_er AS i
