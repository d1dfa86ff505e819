-- por region
-- Mining rights whose holder had to file the yearly declaration (DAC), by the year declared, and whether it was filed.
--   titular      the holder, by the hash of the cadastre: rights of one holder are filed together. Where the cadastre lacks the right, itself
SELECT
    d.cod_region AS territorio,
    CAST(d.anio AS VARCHAR) AS periodo,
    d.codigo_derecho,
    coalesce(m.titular_hash, d.codigo_derecho) AS titular,
    m.estrato,
    m.sustancia,
    d.obligado,
    d.declaro
FROM declaracion_dac AS d
LEFT JOIN derechos_mineros AS m ON m.codigo_derecho = d.codigo_derecho AND m.cod_region = d.cod_region
