"""The surface lab: click a start point on an error surface and watch gradient descent walk down."""
