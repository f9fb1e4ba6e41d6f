"""What a checker must accept of a written binding: rows, projections, operations, each as the type it is."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any, assert_type
from uuid import UUID

import fleet
from fleet import Driver, Fleet, Fuel, Note, Position, Truck, Vehicle

from odata3 import (
    DataServiceCollection,
    DataServiceContext,
    DataServiceQuery,
    EntityDescriptor,
    QueryOperationResponse,
    SaveChangesOptions,
)
from odata3.edm.spatial import Geography


def any_context(ctx: DataServiceContext) -> None:
    ctx.Whatever.where(lambda it: it.Name == 3).order_by("Name")


def opening() -> Fleet:
    any_context(fleet.Fleet("https://host/fleet.svc/", auth=("user", "secret")))
    with Fleet("https://host/fleet.svc/", format="atom") as ctx:
        assert_type(ctx, Fleet)
        return ctx


def rows(ctx: Fleet) -> None:
    assert_type(ctx.Vehicles, DataServiceQuery[Vehicle])
    assert_type(ctx.Vehicles.first(), Vehicle)
    assert_type(ctx.Vehicles.first_or_default(), Vehicle | None)
    assert_type(ctx.Vehicles.single(lambda v: v.Plate == "UL-1"), Vehicle)
    assert_type(ctx.Vehicles.to_list(), list[Vehicle])
    assert_type(ctx.Vehicles.execute(), QueryOperationResponse[Vehicle])
    assert_type(ctx.Vehicles.by_key("UL-1").single_or_default(), Vehicle | None)
    assert_type(ctx.Vehicles.of_type(Truck).first().Load, Decimal | None)
    assert_type([each.Plate for each in ctx.Vehicles.take(3)], list[str])
    assert_type(ctx["Drivers"].first(), Driver)
    assert_type(ctx["model"], DataServiceQuery[Note])  # a name that the context needs itself
    assert_type(ctx.types.Driver, type[Driver])
    assert_type(ctx.types.Driver(Name="Ada"), Driver)
    vehicle = ctx.Vehicles.expand(lambda v: v.Driver, "Driver/Vehicles").first()
    assert_type(vehicle.Seats, int)
    assert_type(vehicle.Fuel, Fuel)
    assert_type(vehicle.Bought, datetime | None)
    assert_type(vehicle.At, Position)
    assert_type(vehicle.At.Lat, float)
    assert_type(vehicle.Track, list[Position])
    assert_type(vehicle.Area, Geography | None)
    if vehicle.Driver is not None:
        assert_type(vehicle.Driver.Vehicles, list[Vehicle])
        assert_type(vehicle.Driver.Shift, timedelta | None)


def projections(ctx: Fleet) -> None:
    assert_type(ctx.Vehicles.select(lambda v: v.Plate).to_list(), list[str])
    assert_type(ctx.Vehicles.select(lambda v: (v.Plate, v.Seats, v.Driver.Name)).first(), tuple[str, int, str | None])
    assert_type(ctx.Vehicles.select(lambda v: (v.Driver, v.Track, v.At.Lat)).first(), tuple[Driver | None, list[Position], float])
    assert_type(ctx.Vehicles.select(lambda v: {"a": v.Plate, "b": v.Driver.Name}).first()["a"], str | None)
    many = ctx.Vehicles.select(lambda v: (v.Plate, v.Seats, v.Fuel, v.Bought, v.At, v.Track, v.Area, v.Driver, v.At.Lat)).first()
    assert_type(many, tuple[Any, ...])
    assert_type(ctx.Vehicles.select("Plate", "Seats").first(), Vehicle)
    assert_type(ctx.Vehicles.select(Vehicle.Plate, Vehicle.Seats).first(), Vehicle)
    assert_type(ctx.Drivers.select(lambda d: (d.Name.upper(), d.Born.year)).first(), tuple[str | None, int | None])
    for plate, seats in ctx.Vehicles.select(lambda v: (v.Plate, v.Seats)):
        assert_type((plate, seats), tuple[str, int])


def conditions(ctx: Fleet, some: UUID, then: datetime) -> None:
    ctx.Vehicles.where(lambda v: v.Fuel == Fuel.Electric or v.Fuel == "Diesel" or v.Fuel == 1)
    ctx.Vehicles.where(lambda v: v.is_of(Truck) and v.cast(Truck).Load > 20)
    ctx.Vehicles.where(lambda v: (v.Bought > then) & (v.Seats == 4) | ~(v.Driver.ID == some))
    ctx.Vehicles.where(lambda v: v.Driver == None)  # noqa: E711
    ctx.Vehicles.where(lambda v: v.Bought != None and v.Bought.year == 2013)  # noqa: E711
    ctx.Vehicles.where(lambda v: 2 <= v.Seats < 9 and v.Seats % 2 == 0)
    ctx.Vehicles.where(lambda v: "UL" in v.Plate and v.Plate[0:2] == "UL" and v.Plate.length() > 4)
    ctx.Vehicles.where(lambda v: v.Track.any(lambda at: at.Lat > 48) and not v.Track.all(lambda at: at.Lon == 9.5))
    ctx.Drivers.where(lambda d: d.Vehicles.any(lambda v: v.Seats > 8))
    ctx.Drivers.where(lambda d: d.ID == str(some) or some == d.ID)
    ctx.Drivers.where(lambda d: d.Shift > timedelta(hours=8) and d.Name.strip().lower() == d.Name)
    ctx.Drivers.where(Driver.Name == "Ada").where("startswith(Name,'A')")
    ctx.Notes.where(lambda note: note.Anything == "x" and note["Other"] > 3)
    ctx.Drivers.order_by(lambda d: d.Name).then_by_descending(lambda d: (d.Born, d.ID)).skip(1)


def beside(ctx: Fleet, vehicle: Vehicle) -> None:
    assert_type(ctx.Drivers.by_key(ID="x").select_many(lambda d: d.Vehicles).to_list(), list[Vehicle])
    assert_type(ctx.Drivers.by_key(ID="x").select_many(Driver.Vehicles).first(), Vehicle)
    assert_type(ctx.Vehicles.by_key("UL-1").select_many(lambda v: v.Driver).first_or_default(), Driver | None)
    ctx.Vehicles.expand(Vehicle.Driver, lambda v: (v.Driver, v.Driver.Vehicles)).where(Vehicle.Seats > 3)
    ctx.Drivers.expand(Driver.Vehicles)
    assert_type(DataServiceCollection(ctx.Vehicles), DataServiceCollection[Vehicle])
    assert_type(ctx.Vehicles.where(lambda v: v.Seats > 3).of_type(Truck).order_by(lambda t: t.Load).to_list(), list[Truck])
    page = ctx.Vehicles.include_total_count().execute()
    assert_type(list(page), list[Vehicle])
    for operation in ctx.save_changes(SaveChangesOptions.BATCH | SaveChangesOptions.REPLACE_ON_UPDATE):
        print(operation.status_code)
    descriptor = ctx.get_entity_descriptor(vehicle)
    assert_type(descriptor, EntityDescriptor | None)


def changes(ctx: Fleet, vehicle: Vehicle) -> None:
    ctx.add_to_Vehicles(Truck(Plate="UL-1", Seats=2, Fuel="Diesel", Load=7, At={"Lat": 48.4, "Lon": 10.0}))
    ctx.Drivers.add(Driver(Name="Ada", Vehicles=[vehicle]))
    vehicle.At = Position(Lat=48.4, Lon=10)
    vehicle.Bought = "2013-08-02T15:12:54Z"
    vehicle.Driver = None
    note = Note(ID=1, Anything="x")
    note.Other = note.Anything
    ctx.update_object(vehicle)
    ctx.save_changes()


def operations(ctx: Fleet, vehicle: Vehicle, point: Mapping[str, float]) -> None:
    assert_type(ctx.functions.Free(seats=4).where(lambda v: v.Seats < 9).first(), Vehicle)
    assert_type(ctx.functions.Cost("UL-1"), Decimal | None)
    assert_type(ctx.functions.Cost(plate="UL-1", fuel=Fuel.Electric), list[Decimal])
    assert_type(ctx.functions.Newest(), Truck | None)
    ctx.functions.Distance("Ulm", "Bonn")
    ctx.functions.Reset()
    assert_type(vehicle.Move(to=Position(Lat=48.4, Lon=10.0)), list[Vehicle])
    vehicle.Move(point, hours=3)
