environment       = "dev"
project           = "acme-glint-dev"
region            = "us-central1"
protected         = false
log_level         = "debug"
event_depots      = ["thirdparty01"]
temporary_buckets = ["tmdc-development-new"]
