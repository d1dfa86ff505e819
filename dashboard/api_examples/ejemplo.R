# Datos de SIEGEM desde R. Uso: Rscript ejemplo.R [SITIO]
sitio <- c(commandArgs(trailingOnly = TRUE), "http://127.0.0.1:8050")[1]
indicador <- "pct_tramites_en_plazo"

# 1. Una tabla en CSV, sin instalar nada. Los códigos son textos: 01 no es 1.
direccion <- paste0(sitio, "/api/v1/valores?indicador=", indicador, "&desglose=ninguno&formato=csv")
valores <- read.csv(direccion, fileEncoding = "UTF-8-BOM", colClasses = c(territorio = "character", categoria = "character"))
cat("Filas del CSV:", nrow(valores), "; publicadas:", sum(valores$estado == "publicado"), "\n")

# 2. La publicación que se cita: con &publicacion= la respuesta no cambia nunca.
publicacion <- valores$publicacion[1]
cat("Publicación N.º", publicacion, "\n")

# 3. Una cifra con su intervalo. Lo que falta nunca es 0: «estado» dice por qué.
ultimo <- max(valores$periodo)
print(subset(valores, periodo == ultimo & territorio %in% c("00", "13", "24"), c(nombre_territorio, valor, inferior, superior, n, estado)))

# 4. Página por página, en JSON.
if (requireNamespace("jsonlite", quietly = TRUE)) {
  siguiente <- paste0("/api/v1/valores?indicador=", indicador, "&desglose=ninguno&limite=100&publicacion=", publicacion)
  filas <- 0
  while (!is.null(siguiente)) {
    pagina <- jsonlite::fromJSON(paste0(sitio, siguiente))
    filas <- filas + nrow(pagina$valores)
    siguiente <- pagina$siguiente
  }
  cat("Filas leídas por páginas:", filas, "\n")
}
