package main

import (
	"github.com/anyscan/anyscan/order"
	"github.com/anyscan/anyscan/scan"
)

// agree consents to every merchant page. In the shop it takes two of the first
// goods and one of the second; where an amount is wanted, 10.00.
func agree(p order.Page) (scan.Answer, error) {
	switch {
	case p.Kind == order.PageShop:
		var a scan.Answer
		for i, item := range p.Goods[:min(2, len(p.Goods))] {
			a.Choices = append(a.Choices, order.Choice{Item: item.ID, Quantity: int64(2 - i)})
		}
		return a, nil
	case p.Total == order.Money{}:
		amount, err := order.ParseMoney("10", p.Currency)
		return scan.Answer{Amount: amount}, err
	}
	return scan.Answer{}, nil
}
