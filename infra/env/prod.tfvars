environment  = "prod"
project      = "acme-glint-prod"
region       = "us-central1"
event_depots = ["thirdparty01"]

run = {
  cpu        = 4
  memory_gib = 8
}

build = {
  repository = "glint-data/glint"
}
