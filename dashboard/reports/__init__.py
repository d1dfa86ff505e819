"""What a person takes away of a publication on paper or in a workbook: region sheets, yearly reports, pilots, Regional Teams."""
