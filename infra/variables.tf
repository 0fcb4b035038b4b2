variable "bigquery_location" {
  description = "Location of the datasets made here: a multi-region (EU, US) or a region. The temporary buckets must lie in it."
  type        = string
  default     = "US"
}

variable "build" {
  description = "Cloud Build of this environment: null for none. The repository is OWNER/NAME on GitHub, connected to the project beforehand; only a push to the branch is planned, and an approved one applied."
  type = object({
    repository = string
    branch     = optional(string, "^main$")
  })
  default = null

  validation {
    condition     = var.build == null || can(regex("^[^/]+/[^/]+$", var.build.repository))
    error_message = "The repository is written as OWNER/NAME."
  }
}

variable "datasets" {
  description = "Datasets of this project that are made here, by name. Those that are not exist already: they get only the grants."
  type = map(object({
    max_time_travel_hours = optional(number, 168)
  }))
  default = {}
}

variable "environment" {
  description = "Name of the environment, as in env/NAME.tfvars."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{1,15}$", var.environment))
    error_message = "The environment is 2 to 16 small letters, digits and hyphens."
  }
}

variable "event_depots" {
  description = "Depots of type GCS whose buckets tell of what is written to them, which reruns the workflows that read it."
  type        = set(string)
  default     = []

  validation {
    condition = alltrue([
      for name in var.event_depots : contains([for d in jsondecode(file("${path.module}/${var.generated}/depots.json")) : d.name if d.type == "GCS"], name)
    ])
    error_message = "An event depot is not a depot of type GCS under depots/."
  }
}

variable "event_grid" {
  description = "Whether Azure's Event Grid may tell of what lands: opens a door to the Internet that wants the key of the secret glint-event-key."
  type        = bool
  default     = false
}

variable "generated" {
  description = "Folder, from here, of what glint schedules, glint depots and glint roles print. scripts/deploy writes it."
  type        = string
  default     = ".generated"
}

variable "image" {
  description = "The image of the functions, by digest."
  type        = string

  validation {
    condition     = can(regex("@sha256:[0-9a-f]{64}$", var.image))
    error_message = "The image is named by its digest: HOST/PROJECT/REPOSITORY/NAME@sha256:DIGEST."
  }
}

variable "ledger" {
  description = "Identity of the ledger, part of every BigQuery job ID. It must not change while there are runs."
  type        = string
  default     = "glint"

  validation {
    condition     = can(regex("^[A-Za-z0-9_-]{1,64}$", var.ledger))
    error_message = "The ledger is 1 to 64 letters, digits, _ and -."
  }
}

variable "log_level" {
  description = "debug, info, warn or error."
  type        = string
  default     = "info"

  validation {
    condition     = contains(["debug", "info", "warn", "error"], var.log_level)
    error_message = "The log level is debug, info, warn or error."
  }
}

variable "manifests" {
  description = "Folder, from here, of workflows/, depots/ and schedules.yaml."
  type        = string
  default     = "."
}

variable "project" {
  description = "ID of the project that all of this lives in."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project))
    error_message = "This is not the ID of a project."
  }
}

variable "protected" {
  description = "Whether terraform destroy must fail for what holds data or is called by others. Only false lets buckets be emptied and tables dropped with it."
  type        = bool
  default     = true
}

variable "region" {
  description = "Region of the services, the scheduler and the registry."
  type        = string
}

variable "run" {
  description = "Size of the service that runs workflows. Its memory holds the scratch folder as well."
  type = object({
    cpu           = optional(number, 2)
    memory_gib    = optional(number, 4)
    max_instances = optional(number, 20)
  })
  default = {}

  validation {
    condition     = contains([1, 2, 4, 6, 8], var.run.cpu) && var.run.memory_gib >= (var.run.cpu >= 6 ? 4 : 1) && var.run.memory_gib >= var.run.cpu / 2 && var.run.memory_gib <= 4 * var.run.cpu
    error_message = "An instance has 1, 2, 4, 6 or 8 processors and half a GiB to 4 GiB for each, 1 at least, 4 at least from 6 processors on."
  }
}

variable "secret_values" {
  description = "Values of the secrets that get a new version in this apply, by name. Neither plan nor state holds them. Set by TF_VAR_secret_values."
  type        = map(string)
  default     = {}
  ephemeral   = true
  sensitive   = true
}

variable "secret_versions" {
  description = "Which secrets have their value written from here, by name, and its version: count it up to write what secret_values holds."
  type        = map(number)
  default     = {}
}

variable "storage_location" {
  description = "Location of the buckets: it must suit that of the datasets, or BigQuery does not load from them."
  type        = string
  default     = "US"
}

variable "temporary_buckets" {
  description = "Temporary buckets that manifests name and that are made here. Those that are not exist already: they get only the grants."
  type        = set(string)
  default     = []
}
