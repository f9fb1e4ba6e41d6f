"""And what it refuses."""

from primer import Computer, Customer, DefaultContainer, Employee, Order, Person


def read(ctx: DefaultContainer, customer: Customer) -> None:
    print(ctx.Customers)  # refused: name
    print(customer.Thumbnail.content_type)  # refused: none
    print(customer.PrimaryContactInfo.EmailBag)  # refused: none
    print(customer.BackupContactInfo[0].EmialBag)  # refused: name
    ctx.Person.where(lambda p: p.Salary > 3)  # refused: name
    ctx.Person.where(lambda p: p.cast(Employee).Salary == "3")  # refused: type
    ctx.Customer.where(lambda c: c.PrimaryContactInfo.HomePhone.PhoneNumber == 7)  # refused: type
    ctx.Customer.where(lambda c: c.BackupContactInfo.any(lambda info: info.EmailBag.any(lambda mail: mail == 3)))  # refused: type
    ctx.Customer.where(lambda c: c.BackupContactInfo.any(lambda info: info.EmialBag.any()))  # refused: name
    ctx.Customer.where(lambda c: c.Orders)  # refused: type
    ctx.Customer.where(lambda c: c.Name == "x" or c.Husband)  # refused: type


def operate(ctx: DefaultContainer, computer: Computer, employee: Employee, person: Person) -> None:
    print(computer.GetComputer().Name)  # refused: none
    computer.GetComputer(3)  # refused: type
    ctx.functions.GetArgumentPlusOne("3")  # refused: type
    ctx.functions.GetArgumentPlusOne(number=3)  # refused: type
    person.Sack()  # refused: name
    employee.Sack(3)  # refused: type
    ctx.add_to_Order(Order(OrderId="1"))  # refused: type
    ctx.add_to_Order(Order(Number=1))  # refused: name
    ctx.add_to_Order(employee)  # refused: type
