"""What a checker must refuse of a written binding: every line that says so, for that reason, and no other."""

from datetime import datetime
from uuid import UUID

from fleet import Driver, Fleet, Fuel, Note, Position, Truck, Vehicle


def names(ctx: Fleet, vehicle: Vehicle) -> None:
    print(ctx.Vehciles)  # refused: name
    print(ctx.model.first())  # refused: name
    print(ctx.types.Vehcile)  # refused: name
    print(ctx["Drivers"].first().Plate)  # refused: name
    ctx.SaveChanges()  # refused: name
    ctx.Vehicles.Where(lambda v: v.Seats > 3)  # refused: name
    ctx.functions.Fere(seats=3)  # refused: name
    ctx.add_to_Vehciles(vehicle)  # refused: name
    vehicle.Mvoe(to=Position())  # refused: name
    print(vehicle.Driver.Nmae if vehicle.Driver else "")  # refused: name
    ctx.Vehicles.where(lambda v: v.Palte == "UL-1")  # refused: name
    ctx.Vehicles.where(lambda v: v.Driver.Nmae == "Ada")  # refused: name
    ctx.Vehicles.where(lambda v: v.Track.any(lambda at: at.Lta > 3))  # refused: name
    ctx.Vehicles.where(lambda v: v.cast(Truck).Laod > 3)  # refused: name
    ctx.Vehicles.where(lambda v: v.Plate.startwith("UL"))  # refused: name
    ctx.Vehicles.order_by(lambda v: v.Saets)  # refused: name
    ctx.Vehicles.expand(lambda v: v.Drivre)  # refused: name
    ctx.Vehicles.select(lambda v: (v.Plate, v.Saets))  # refused: name
    print(ctx.Vehicles.of_type(Truck).first().Laod)  # refused: name
    Vehicle(Palte="UL-1")  # refused: name


def types(ctx: Fleet, vehicle: Vehicle, some: UUID, then: datetime) -> None:
    ctx.Vehicles.where(lambda v: v.Plate == 5)  # refused: type
    ctx.Vehicles.where(lambda v: v.Seats == "4")  # refused: type
    ctx.Vehicles.where(lambda v: v.Seats > "4")  # refused: type
    ctx.Vehicles.where(lambda v: v.Seats > some)  # refused: type
    ctx.Vehicles.where(lambda v: v.Bought > 5)  # refused: type
    ctx.Vehicles.where(lambda v: v.Fuel == 1.5)  # refused: type
    ctx.Vehicles.where(lambda v: v.Driver.ID == then)  # refused: type
    ctx.Vehicles.where(lambda v: v.Plate == v.Seats)  # refused: type
    ctx.Vehicles.where(lambda v: (v.Plate == 5) & (v.Seats == 4))  # refused: type
    ctx.Vehicles.where(lambda v: v.Seats == 4 and v.Plate == 5)  # refused: type
    ctx.Vehicles.where(lambda v: v.Plate)  # refused: type
    ctx.Vehicles.where(lambda v: v.Plate & v.Seats)  # refused: type
    ctx.Vehicles.where(lambda v: v.Seats.startswith("4"))  # refused: type
    ctx.Vehicles.where(lambda v: v.Plate.startswith(4))  # refused: type
    ctx.Vehicles.where(lambda v: v.Plate.year == 2013)  # refused: type
    ctx.Vehicles.where(Driver.Name)  # refused: type
    ctx.Vehicles.skip("1")  # refused: type
    ctx.Vehicles.expand(Vehicle.Plate)  # refused: type
    ctx.Drivers.by_key("x").select_many(lambda d: d.Name)  # refused: type
    plate, seats, more = ctx.Vehicles.select(lambda v: (v.Plate, v.Seats)).first()  # refused: type
    number: int = ctx.Vehicles.select(lambda v: v.Plate).first()  # refused: type
    Vehicle(Seats="4")  # refused: type
    Vehicle(Fuel=1.5)  # refused: type
    Vehicle(At=3)  # refused: type
    Truck("UL-1")  # refused: type
    vehicle.Seats = "4"  # refused: type
    vehicle.Driver = vehicle  # refused: type
    vehicle.At.Lat = "48"  # refused: type
    ctx.add_to_Vehicles(Driver())  # refused: type
    ctx.functions.Free(seats="4")  # refused: type
    ctx.functions.Free(4, 5)  # refused: type
    ctx.functions.Cost()  # refused: type
    ctx.functions.Cost("UL-1").as_tuple()  # refused: none
    vehicle.Move(hours=3)  # refused: type
    print(plate, seats, more, number)


def nulls(ctx: Fleet, vehicle: Vehicle) -> None:
    vehicle.Driver.Name = "Ada"  # refused: none
    print(vehicle.Bought.year)  # refused: none
    print(ctx.Vehicles.first_or_default().Plate)  # refused: none
    print(ctx.Drivers.select(lambda d: d.Name).first().upper())  # refused: none
    print(ctx.Vehicles.of_type(Truck).first().Load + 1)  # refused: none
    vehicle.Plate = None  # refused: type
    Vehicle(Seats=None)  # refused: type
    Note(ID=None)  # refused: type
    vehicle.Fuel = None  # refused: type
    print(Fuel.Diesel.name)
