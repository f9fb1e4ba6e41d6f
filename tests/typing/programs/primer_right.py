"""A service with nearly everything: streams, inheritance, complex values in collections, sets named as their types."""

from typing import assert_type

import primer
from primer import (
    Car,
    Computer,
    ContactDetails,
    Customer,
    DefaultContainer,
    Employee,
    Login,
    Order,
    Person,
    Phone,
    SpecialEmployee,
)

from odata3 import DataServiceQuery, DataServiceStreamLink


def read(ctx: DefaultContainer) -> None:
    assert_type(ctx.Customer, DataServiceQuery[Customer])
    customer = ctx.Customer.expand(lambda c: (c.Orders, c.Logins)).first()
    assert_type(customer.Thumbnail, DataServiceStreamLink | None)
    assert_type(customer.BackupContactInfo, list[ContactDetails])
    assert_type(customer.Logins, list[Login])
    if customer.PrimaryContactInfo is not None:
        assert_type(customer.PrimaryContactInfo.EmailBag, list[str])
        assert_type(customer.PrimaryContactInfo.HomePhone, Phone | None)
    if customer.Husband is not None and customer.Husband.Wife is not None:
        assert_type(customer.Husband.Wife, Customer)
    assert_type(ctx.Person.of_type(Employee).first(), Employee)
    assert_type(ctx.Car.select(lambda car: (car.VIN, car.Description)).to_list(), list[tuple[int, str | None]])
    ctx.Person.where(lambda p: p.is_of(SpecialEmployee) or p.cast(Employee).Salary > 3)
    ctx.Customer.where(lambda c: c.PrimaryContactInfo.HomePhone.PhoneNumber.endswith("7"))
    ctx.Customer.where(lambda c: c.BackupContactInfo.any(lambda info: info.EmailBag.any(lambda mail: "@" in mail)))
    ctx.Customer.where(lambda c: c.Orders.all(lambda o: o.Login.Username == "x"))


def operate(ctx: DefaultContainer, computer: Computer, employee: Employee) -> None:
    assert_type(computer.GetComputer(), Computer | None)
    assert_type(ctx.functions.GetArgumentPlusOne(3), int | None)
    assert_type(ctx.functions.GetSpecificCustomer(Name="x"), DataServiceQuery[Customer])
    assert_type(ctx.functions.EntityProjectionReturnsCollectionOfComplexTypes(), list[ContactDetails])
    employee.Sack()
    ctx.add_to_Order(Order(OrderId=1, Concurrency={"Token": "x"}))
    ctx.add_to_Person(primer.SpecialEmployee(PersonId=1, Bonus=3))
    ctx.add_to_Car(Car(VIN=1))
    person: Person = employee
    print(person)
