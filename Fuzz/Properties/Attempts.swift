import Files
import Foundation
import Service
import Spool

extension Property {
  /// What passes between the service and whoever does a job elsewhere.
  static let attempts = Property(
    "attempts", maximumLength: 1 << 14,
    words: ["\"format\":1", "\"token\":", "\"attempt\":{", "\"end\":\"done\"", "\"files\":[", "\"sha256\":", "\"path\":", "\"hex\":", "1e999"],
    seeds: {
      let mark = #"{"number":1,"token":"00112233445566778899aabbccddeeff"}"#
      let answer = #"""
        {"format":1,"job":"20261124T101502Z-apple-4f2a","attempt":\#(mark),"end":"done","warnings":["w"],"seconds":1.5,"steps":20,\#
        "loss":0.5,"model":"fruits64","kernels":"avx2","files":[{"path":"frames/00.png","size":3,"sha256":"aa"}],"codes":[],"usedCodes":[]}
        """#
      let progress = #"{"format":1,"token":"t","count":3,"picture":"apple.png","phase":"inverting","step":1,"steps":2,"stepsInAll":1,"seconds":0.5}"#
      let limits = String(decoding: try JSONEncoder().encode(ServiceConfiguration.Limits()), as: UTF8.self)
      let task = #"""
        {"format":1,"attempt":\#(mark),"program":"1.0.0","job":{"id":"i","name":"apple","entries":[{"name":"apple.png","role":"image"}],\#
        "missing":[],"nearby":[],"notes":[],"ignoredNames":["*.part"],"imageExtensions":["png"],"fileBytes":9,"sidecarBytes":9},\#
        "input":"../../input","checkpoint":"../..","model":"m","modelHash":"h","watchModel":"m","defaults":"{}","limits":\#(limits),\#
        "models":["/m"],"checkpointSeconds":5,"memoryBytes":9}
        """#
      return [answer, progress, task].map { Array($0.utf8) }
    },
    body: { bytes in
      var accepted = false
      if let answer = WorkAnswer(json: bytes) {
        try require(WorkAnswer(json: encodeJSON(answer, "")) == answer, "an answer changes")
        accepted = true
      }
      if let progress = WorkProgress(json: bytes) {
        try require(WorkProgress(json: encodeJSON(progress, "")) == progress, "a progress changes")
        accepted = true
      }
      if let task = WorkTask(json: bytes) {
        try require(WorkTask(json: encodeJSON(task, "")) == task, "a task changes")
        accepted = true
      }
      return accepted
    })
}
