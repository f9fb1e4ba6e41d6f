"""What the library costs, as multiples of the least that anybody could spend: ``python -m benchmarks``.

Every figure has a *floor* in the same process: to read a feed one must at least fetch and decode its bytes. Floor and library
take turns over the same bytes in memory, and the median of their ratios is the figure, so that a busy or a slow machine changes
little of it. ``docs/performance.md`` tells how to read the table.

The rooms, from the ground up:

``data``        entities of 60 properties, feeds of them in three dialects, metadata of any size
``service``     these bytes behind an adapter of ``requests``: everything of HTTP but the socket
``measuring``   turns, medians, memory, and a process of one's own
``figures``     what a figure is: title, floor, must, goal, and how it is measured
``feeds`` ...   the figures themselves, one file for each matter
``peers``       other Python clients of OData on the same data
``report``      the table, the machine, JSON
``charts``      cost over size, drawn
"""
