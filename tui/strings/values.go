package strings

import "strings"

// Values are the words by which it is known what kind of value a text is, in
// English, Spanish, Portuguese, French, German, Italian and Turkish, where most
// templates are. They are compared with and never shown; a language that is
// missing leaves more fields of a template empty and none wrong.
type Values struct {
	// Days are the words for a day that stand alone, Months the beginnings of the
	// names of months, Hours what follows the hour of a clock.
	Days, Months, Hours []string
}

// KnownValues returns the words for values, in lower case.
func KnownValues() Values {
	return Values{
		Days: strings.Fields(`today tomorrow monday tuesday wednesday thursday friday saturday sunday
			hoy mañana lunes martes miércoles jueves viernes sábado domingo
			hoje amanhã segunda segunda-feira terça terça-feira quarta quarta-feira quinta quinta-feira sexta sexta-feira
			aujourd'hui demain lundi mardi mercredi jeudi vendredi samedi dimanche
			heute morgen montag dienstag mittwoch donnerstag freitag samstag sonntag
			oggi domani lunedì martedì mercoledì giovedì venerdì sabato domenica
			bugün yarın pazartesi salı çarşamba perşembe cuma cumartesi pazar`),
		Months: strings.Fields(`jan feb mar apr may jun jul aug sep oct nov dec ene abr ago dic fev mai set out dez
			fév avr juin juil août déc mär okt gen mag giu lug ott oca şub nis haz tem ağu eyl eki kas ara 月 월`),
		Hours: strings.Fields("am pm a.m. p.m. h hs hrs uhr"),
	}
}
