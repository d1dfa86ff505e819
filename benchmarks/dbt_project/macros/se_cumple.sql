{#- A check in words of SQL: the test fails for each row that breaks it. -#}
{% test se_cumple(model, falta) %}
SELECT * FROM {{ model }} WHERE {{ falta }}
{% endtest %}
