-- The ends of the quarters delivered.
SELECT k.fecha FROM v_cortes AS k WHERE month(k.fecha) IN (3, 6, 9, 12)
