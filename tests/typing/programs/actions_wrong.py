"""And what is no such operation, or not called so."""

from actions import Category, Product, context


def use(ctx: context, category: Category, product: Product) -> None:
    category.AppendDescription(value="more")  # refused: type
    category.AppendDescription(date=2013)  # refused: type
    category.AppendDescription("more", date="2013-08-02T15:12:54", time=3)  # refused: type
    category.GetFamliy()  # refused: name
    category.GetFamily().upper()  # refused: none
    product.AppendDescription(date="2013-08-02T15:12:54")  # refused: name
    ctx.functions.GetFamily()  # refused: name
    ctx.Products.where(lambda p: p.Category.Category_Name == 3 or p.Discontinued == "no")  # refused: type
