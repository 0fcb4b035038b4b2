# What glint schedules, glint depots and glint roles print, as maps. No manifest
# is parsed here.
locals {
  manifests = "${path.module}/${var.manifests}"
  generated = "${path.module}/${var.generated}"
  schedules = { for s in jsondecode(file("${local.generated}/schedules.json")) : s.workflow => s }
  depots    = { for d in jsondecode(file("${local.generated}/depots.json")) : d.name => d }
  roles     = jsondecode(file("${local.generated}/roles.json"))

  # Predefined roles of the functions' account, by scope.
  scoped = {
    for scope in distinct(local.roles[*].scope) : scope => toset([for r in local.roles : r.role if r.scope == scope && r.role != ""])
  }
}
