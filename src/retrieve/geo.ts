/**
 * Near me: distances on the globe, circles, boxes and polygons, over the attribute `_geoloc` of a product.
 *
 * `_geoloc` is `{lat, lng}` in degrees or a list of them; of several places the nearest counts. Distances are great
 * circles on a sphere of 6,371,008.8 m (haversine formula), in metres.
 */
import { HaggleError } from '../domain/errors.ts'
import type { ItemRecord, Json } from '../domain/item.ts'

export interface GeoPoint {
  readonly lat: number
  readonly lng: number
}

const earthRadiusM = 6_371_008.8
const radians = Math.PI / 180

export function distanceM(a: GeoPoint, b: GeoPoint): number {
  const halfLat = Math.sin(((b.lat - a.lat) * radians) / 2)
  const halfLng = Math.sin(((b.lng - a.lng) * radians) / 2)
  const chord = halfLat ** 2 + Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * halfLng ** 2
  return 2 * earthRadiusM * Math.asin(Math.min(1, Math.sqrt(chord)))
}

export function readPoints(record: ItemRecord): GeoPoint[] {
  const { _geoloc: places } = record as { readonly _geoloc?: Json }
  const list: readonly Json[] = Array.isArray(places) ? (places as readonly Json[]) : [places ?? null]
  return list.flatMap((place) => {
    if (place === null || typeof place !== 'object' || Array.isArray(place)) return []
    const { lat, lng } = place as { readonly lat?: Json; readonly lng?: Json }
    return typeof lat === 'number' && typeof lng === 'number' ? [{ lat, lng }] : []
  })
}

export interface GeoParameters {
  readonly aroundLatLng?: string
  /** Metres, or `all`. */
  readonly aroundRadius?: number | 'all'
  readonly minimumAroundRadius?: number
  /** Distances are told apart by this many metres, or by steps of `value` from `from` on. */
  readonly aroundPrecision?: number | readonly { readonly from: number; readonly value: number }[]
  readonly insideBoundingBox?: readonly (readonly number[])[]
  readonly insidePolygon?: readonly (readonly number[])[]
}

export interface GeoQuestion {
  /** Whether one of the places lies in one of the boxes or polygons; `null` where none is given. */
  readonly inside: ((points: readonly GeoPoint[]) => boolean) | null
  readonly centre: GeoPoint | null
  /** Metres; `auto`: as far as the thousandth nearest hit. Boxes and polygons take its place. */
  readonly radiusM: number | 'auto'
  /** A distance as ranking sees it. */
  readonly step: (distance: number) => number
}

/** `null` where nothing geographical is asked. @throws `bad-request` naming the parameter. */
export function readGeo(parameters: GeoParameters): GeoQuestion | null {
  const { aroundLatLng, aroundRadius, minimumAroundRadius = 0, aroundPrecision = 1 } = parameters
  const boxes = (parameters.insideBoundingBox ?? []).map(readBox)
  const polygons = (parameters.insidePolygon ?? []).map(readPolygon)
  const areas = [...boxes, ...polygons]
  const centre = aroundLatLng === undefined || aroundLatLng === '' ? null : readCentre(aroundLatLng)
  if (areas.length === 0 && centre === null) return null
  return {
    inside: areas.length === 0 ? null : (points) => points.some((point) => areas.some((area) => area(point))),
    centre,
    radiusM:
      aroundRadius === undefined
        ? 'auto'
        : aroundRadius === 'all'
          ? Infinity
          : Math.max(aroundRadius, minimumAroundRadius),
    step: readPrecision(aroundPrecision),
  }
}

export function nearestM(centre: GeoPoint, points: readonly GeoPoint[]): number {
  let nearest = Infinity
  for (const point of points) nearest = Math.min(nearest, distanceM(centre, point))
  return nearest
}

function readCentre(text: string): GeoPoint {
  const [lat, lng, ...more] = text.split(',').map((part) => Number(part.trim() || Number.NaN))
  if (more.length > 0 || !onGlobe(lat, lng)) {
    throw new HaggleError('bad-request', `aroundLatLng: expected "latitude,longitude" in degrees, found "${text}".`)
  }
  return { lat, lng }
}

function onGlobe(lat: number, lng: number): boolean {
  return Math.abs(lat) <= 90 && Math.abs(lng) <= 180
}

type Area = (point: GeoPoint) => boolean

/** Two opposite corners. Where they are more than 180° apart, the box crosses the date line. */
function readBox(numbers: readonly number[], at: number): Area {
  const [lat1, lng1, lat2, lng2] = numbers
  if (numbers.length !== 4 || !onGlobe(lat1, lng1) || !onGlobe(lat2, lng2)) {
    throw new HaggleError('bad-request', `insideBoundingBox[${at}]: expected two opposite corners as four numbers.`)
  }
  const [south, north] = [Math.min(lat1, lat2), Math.max(lat1, lat2)]
  const [west, east] = [Math.min(lng1, lng2), Math.max(lng1, lng2)]
  const crosses = east - west > 180
  return ({ lat, lng }) => {
    if (lat < south || lat > north) return false
    return crosses ? lng >= east || lng <= west : lng >= west && lng <= east
  }
}

/** Even–odd rule on the plane of degrees. */
function readPolygon(numbers: readonly number[], at: number): Area {
  if (numbers.length < 6 || numbers.length % 2 !== 0 || !numbers.every(Number.isFinite)) {
    throw new HaggleError('bad-request', `insidePolygon[${at}]: expected three or more corners as pairs of numbers.`)
  }
  const corners = Array.from({ length: numbers.length / 2 }, (_, corner) => ({
    lat: numbers[2 * corner],
    lng: numbers[2 * corner + 1],
  }))
  return ({ lat, lng }) => {
    let within = false
    for (let corner = 0, before = corners.length - 1; corner < corners.length; before = corner++) {
      const [a, b] = [corners[corner], corners[before]]
      if (a.lat > lat === b.lat > lat) continue
      if (lng < ((b.lng - a.lng) * (lat - a.lat)) / (b.lat - a.lat) + a.lng) within = !within
    }
    return within
  }
}

function readPrecision(precision: number | readonly { from: number; value: number }[]): (distance: number) => number {
  if (typeof precision === 'number') return (distance) => Math.floor(distance / Math.max(1, precision))
  const steps = [...precision].sort((a, b) => b.from - a.from)
  return (distance) => {
    const { from, value } = steps.find((step) => step.from <= distance) ?? { from: 0, value: 1 }
    // Every step counts on from the metre at which it begins, so that nearer stays nearer.
    return from + Math.floor((distance - from) / Math.max(1, value)) * Math.max(1, value)
  }
}
